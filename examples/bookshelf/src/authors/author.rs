//! The row of an author.

use sea_orm::entity::prelude::*;

use crate::books::book;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "authors")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub born: Option<i32>,
    pub died: Option<i32>,
    #[sea_orm(has_many)]
    pub books: HasMany<book::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
